#pragma once
#include <xgboost/c_api.h>

// libxgboost brings OpenMP and its threads along, so it is not linked: it is loaded where a model is
// trained and where the bench compares.
