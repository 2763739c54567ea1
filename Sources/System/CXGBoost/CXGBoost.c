#include "CXGBoost.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static tapedeck_xgboost table;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static char problem_text[512];
static const char *missing_name;

static void fail(const char *text) {
    strncpy(problem_text, text ? text : "unknown reason", sizeof problem_text - 1);
}

static void load(void) {
    // What Debian's libxgboost0 installs, then what an own build or libxgboost-dev does.
    static const char *const names[] = {"libxgboost.so.0", "libxgboost.so"};
    void *library = NULL;
    for (size_t index = 0; index < sizeof names / sizeof *names && library == NULL; index++)
        library = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fail(dlerror());
        return;
    }
    const struct {
        const char *name;
        void *place;
    } functions[] = {
        {"XGBoostVersion", &table.version},
        {"XGBGetLastError", &table.last_error},
        {"XGDMatrixCreateFromMat_omp", &table.matrix_create},
        {"XGDMatrixFree", &table.matrix_free},
        {"XGDMatrixSetFloatInfo", &table.matrix_set_floats},
        {"XGProxyDMatrixCreate", &table.proxy_create},
        {"XGBoosterCreate", &table.booster_create},
        {"XGBoosterFree", &table.booster_free},
        {"XGBoosterSetParam", &table.booster_set_parameter},
        {"XGBoosterSetStrFeatureInfo", &table.booster_set_feature_texts},
        {"XGBoosterUpdateOneIter", &table.booster_update},
        {"XGBoosterBoostOneIter", &table.booster_boost},
        {"XGBoosterPredictFromDMatrix", &table.booster_predict},
        {"XGBoosterPredictFromDense", &table.booster_predict_dense},
        {"XGBoosterLoadModelFromBuffer", &table.booster_load},
        {"XGBoosterSaveModelToBuffer", &table.booster_save},
    };
    // Each entry fills one field, and no field is left out.
    _Static_assert(
        sizeof functions / sizeof *functions == sizeof table / sizeof(void *),
        "a function of the table is not loaded");
    for (size_t index = 0; index < sizeof functions / sizeof *functions; index++) {
        void *function = dlsym(library, functions[index].name);
        if (function == NULL) {
            fail(dlerror());
            missing_name = functions[index].name;
            return;
        }
        // POSIX lets a function's address pass through a pointer to an object; C alone does not.
        memcpy(functions[index].place, &function, sizeof function);
    }
}

const tapedeck_xgboost *tapedeck_xgboost_load(const char **problem, const char **missing) {
    pthread_once(&once, load);
    *problem = problem_text[0] != 0 ? problem_text : NULL;
    *missing = missing_name;
    return problem_text[0] != 0 ? NULL : &table;
}
