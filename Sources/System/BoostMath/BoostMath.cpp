#include "BoostMath.h"
#include <boost/math/distributions/students_t.hpp>

double boost_student_t_cdf(double t, double degrees) {
    return boost::math::cdf(boost::math::students_t(degrees), t);
}
