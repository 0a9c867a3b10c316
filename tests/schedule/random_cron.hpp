#pragma once
// Random cron expressions of the whole Quartz grammar, each as text and, read a second time, as plain lists of what it
// names: dates and times are tried one by one, with no use of schedule/'s own bit sets and search.

#include "tests/schedule/agreement.hpp"

#include <cctz/civil_time.h>

#include <set>
#include <string>
#include <vector>

namespace xxl::schedule::test {

/// 0 <= result < n; n >= 1
int below(random_source& random, int n);
bool one_in(random_source& random, int n);

/// A field of numbers.
struct plain_field {
  std::string text;
  std::set<int> values;
};

/// One item of a day field that is more than a number.
struct day_rule {
  enum form { nearest, from_end, from_end_nearest, nth, last_of_month } what = nearest;
  int n = 0; ///< day, days from the end, or weekday (1 = Sunday)
  int k = 0; ///< nth only
};

struct plain_cron {
  plain_field second, minute, hour, day, month, year; ///< day: the numbers of the day field that is not `?`
  bool by_weekday = false;
  std::vector<day_rule> rules; ///< match besides the numbers
  std::string text;

  bool matches_date(int y, int m, int d) const;
  bool matches(const cctz::civil_second& t) const;

  /// `*` or a step in the minute or hour field.
  bool interval_like() const;
};

/// Single values are often those of `near`, so that something happens there.
plain_cron any_cron(random_source& random, const cctz::civil_second& near);

} // namespace xxl::schedule::test
