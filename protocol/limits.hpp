#pragma once
// Limits that both sides of a connection rely on (design.md §4.2). Above one of these a message is refused with a clear
// error.

#include <chrono>
#include <cstddef>

namespace xxl::limits {

inline constexpr std::size_t batch_items = 1'000;          ///< items in one remote message
inline constexpr std::size_t batch_bytes = 256 * 1024;     ///< bytes in one remote message, source of a script apart
inline constexpr std::size_t params_bytes = 2'048;         ///< job or trigger params
inline constexpr std::size_t message_bytes = 2'048;        ///< a result's message; cut with a note by the writer
inline constexpr std::size_t script_bytes = 512 * 1024;    ///< source of a script
inline constexpr std::size_t name_bytes = 128;             ///< job name, handler name, owner, executor name
inline constexpr std::size_t source_bytes = 4'096;         ///< where applied jobs came from, for people
inline constexpr std::size_t log_chunk_bytes = 256 * 1024; ///< log text in one answer
inline constexpr std::size_t page_items = 1'000;           ///< rows in one page of a list
inline constexpr std::size_t labels = 64;                  ///< labels of an executor
inline constexpr std::size_t inventory_items = 5'000;      ///< ids in one piece of an inventory or a life report
inline constexpr std::size_t life_items = 1'000'000;       ///< ids of one earlier life, in all pieces
inline constexpr std::size_t lives = 1'000;                ///< earlier lives that a hello names
inline constexpr std::chrono::seconds lease_margin{2}; ///< an executor's trust ends before its lease (guarantees.md §3)
inline constexpr std::chrono::days listed_back{2};     ///< ended triggers in a list that names no beginning

} // namespace xxl::limits
