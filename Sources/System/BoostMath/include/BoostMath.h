#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// P(T <= t) of Student's t distribution with `degrees` degrees of freedom.
double boost_student_t_cdf(double t, double degrees);

#ifdef __cplusplus
}
#endif
