#include "FixedLanes.h"

#include <string.h>

// Swift builds for the baseline, whose registers hold two doubles: a dot product then waits for its
// loads. Here one version is built for wider registers too, and chosen when the program starts.
// Neither may fuse: `avx` has no fused instruction, and contraction is off besides.
#pragma clang fp contract(off)

#if defined(__x86_64__)
#define WIDEST __attribute__((target_clones("avx", "default")))
#else
#define WIDEST
#endif

typedef double Lanes __attribute__((vector_size(8 * sizeof(double))));

WIDEST double fixed_lanes_products(const double *weights, const double *values, size_t count) {
    Lanes sums = {0};
    for (size_t group = 0; group < count; group++) {
        Lanes weight, value;
        memcpy(&weight, weights + 8 * group, sizeof weight);
        memcpy(&value, values + 8 * group, sizeof value);
        sums += weight * value;
    }
    double four[4];
    for (int lane = 0; lane < 4; lane++) four[lane] = sums[lane] + sums[lane + 4];
    return (four[0] + four[2]) + (four[1] + four[3]);
}
