#include "BoostMath.h"
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace {

namespace policies = boost::math::policies;

// Swift cannot catch what C++ throws.
using Quiet = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>,
    policies::underflow_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>,
    policies::rounding_error<policies::ignore_error>,
    policies::indeterminate_result_error<policies::ignore_error>>;

using Normal = boost::math::normal_distribution<double, Quiet>;
using StudentT = boost::math::students_t_distribution<double, Quiet>;
using ChiSquare = boost::math::chi_squared_distribution<double, Quiet>;
using FisherF = boost::math::fisher_f_distribution<double, Quiet>;

template <typename Distribution> double survival(const Distribution &distribution, double x) {
    return boost::math::cdf(boost::math::complement(distribution, x));
}

} // namespace

double boost_normal_cdf(double x) { return boost::math::cdf(Normal(), x); }
double boost_normal_survival(double x) { return survival(Normal(), x); }
double boost_normal_quantile(double p) { return boost::math::quantile(Normal(), p); }

double boost_student_t_cdf(double t, double degrees) {
    return boost::math::cdf(StudentT(degrees), t);
}
double boost_student_t_survival(double t, double degrees) {
    return survival(StudentT(degrees), t);
}
double boost_student_t_quantile(double p, double degrees) {
    return boost::math::quantile(StudentT(degrees), p);
}

double boost_chi_square_cdf(double x, double degrees) {
    return boost::math::cdf(ChiSquare(degrees), x);
}
double boost_chi_square_survival(double x, double degrees) {
    return survival(ChiSquare(degrees), x);
}
double boost_chi_square_quantile(double p, double degrees) {
    return boost::math::quantile(ChiSquare(degrees), p);
}

double boost_f_cdf(double x, double numerator, double denominator) {
    return boost::math::cdf(FisherF(numerator, denominator), x);
}
double boost_f_survival(double x, double numerator, double denominator) {
    return survival(FisherF(numerator, denominator), x);
}
double boost_f_quantile(double p, double numerator, double denominator) {
    return boost::math::quantile(FisherF(numerator, denominator), p);
}
