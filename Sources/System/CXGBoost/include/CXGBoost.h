#pragma once
#include <xgboost/c_api.h>

// libxgboost brings OpenMP and its threads along, so it is not linked: it is loaded where a model is
// trained and where the bench compares. Its header gives the types; none of its symbols is referred
// to.
typedef struct {
    __typeof__(&XGBoostVersion) _Nonnull version;
    const char *_Nonnull (*_Nonnull last_error)(void);
    __typeof__(&XGDMatrixCreateFromMat_omp) _Nonnull matrix_create;
    __typeof__(&XGDMatrixFree) _Nonnull matrix_free;
    __typeof__(&XGDMatrixSetFloatInfo) _Nonnull matrix_set_floats;
    __typeof__(&XGProxyDMatrixCreate) _Nonnull proxy_create;
    __typeof__(&XGBoosterCreate) _Nonnull booster_create;
    __typeof__(&XGBoosterFree) _Nonnull booster_free;
    __typeof__(&XGBoosterSetParam) _Nonnull booster_set_parameter;
    __typeof__(&XGBoosterSetStrFeatureInfo) _Nonnull booster_set_feature_texts;
    __typeof__(&XGBoosterUpdateOneIter) _Nonnull booster_update;
    __typeof__(&XGBoosterBoostOneIter) _Nonnull booster_boost;
    __typeof__(&XGBoosterPredictFromDMatrix) _Nonnull booster_predict;
    __typeof__(&XGBoosterPredictFromDense) _Nonnull booster_predict_dense;
    __typeof__(&XGBoosterLoadModelFromBuffer) _Nonnull booster_load;
    __typeof__(&XGBoosterSaveModelToBuffer) _Nonnull booster_save;
} tapedeck_xgboost;

// Loads the library at the first call, from whatever thread. NULL when it cannot be had: `problem`
// then says why, and `missing` names the function that an opened library lacks, or is NULL. All
// that is returned stays as it is until the process ends.
const tapedeck_xgboost *_Nullable tapedeck_xgboost_load(
    const char *_Nullable *_Nonnull problem, const char *_Nullable *_Nonnull missing);
