#include "FixedLanes.h"

#include <string.h>

// Swift builds for the baseline, whose registers hold two doubles: a dot product then waits for its
// loads. Here one version is built for wider registers too. It is chosen by a test at each call and
// not by `target_clones`, whose resolver runs before a sanitizer's runtime is ready.
// Neither may fuse: AVX has no fused instruction, and contraction is off besides.
#pragma clang fp contract(off)

typedef double Lanes __attribute__((vector_size(8 * sizeof(double))));

static inline __attribute__((always_inline)) double
products(const double *weights, const double *values, size_t count) {
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

#if defined(__x86_64__)
__attribute__((target("avx"))) static double
wide_products(const double *weights, const double *values, size_t count) {
    return products(weights, values, count);
}
#endif

double fixed_lanes_products(const double *weights, const double *values, size_t count) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx")) return wide_products(weights, values, count);
#endif
    return products(weights, values, count);
}
