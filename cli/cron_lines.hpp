#pragma once
// `xxlctl cron --jsonl`: questions about fires, one JSON object a line, each answered with one line.
//
//   {"expr", "tz", "after", "count"}                           optional: "dialect", "gap", "overlap", "dst", "kind":
//   "cron"
//   {"kind": "fixrate", "seconds", "anchor", "after", "count"}
//
// The answer is {"next": ["2026-03-08T07:00:00Z", …]}, shorter than `count` where the schedule ends or a gap's times
// came to one instant (named_fires_after), or {"error": "…"}. No input ends the loop but its end, and no line costs
// more than its length and the fires it asks for.

#include <cstddef>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>

namespace xxl::cli {

/// Longer lines are answered with an error. Bytes.
inline constexpr std::size_t longest_line = 65'536;

/// The answer to one line (given without its line end, any bytes): one line of UTF-8 without its line end.
std::string answer_line(std::string_view line);

/// Answers each line of `in`, in order; whoever asks line by line has each answer before the next question. A last line
/// without a line end counts. Of a line that is too long no more than longest_line is kept. Throws failure (failed) if
/// `out` cannot be written, and whatever the buffer of `in` throws where it cannot be read.
void answer_lines(std::istream& in, std::ostream& out);

} // namespace xxl::cli
