#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// For each distribution: P(X <= x), P(X > x), and the x below which a share p lies. An argument
// outside the domain gives NaN, and nothing throws.

double boost_normal_cdf(double x);
double boost_normal_survival(double x);
double boost_normal_quantile(double p);

double boost_student_t_cdf(double t, double degrees);
double boost_student_t_survival(double t, double degrees);
double boost_student_t_quantile(double p, double degrees);

double boost_chi_square_cdf(double x, double degrees);
double boost_chi_square_survival(double x, double degrees);
double boost_chi_square_quantile(double p, double degrees);

double boost_f_cdf(double x, double numerator, double denominator);
double boost_f_survival(double x, double numerator, double denominator);
double boost_f_quantile(double p, double numerator, double denominator);

#ifdef __cplusplus
}
#endif
