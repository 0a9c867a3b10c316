# Warnings, sanitizers, ccache: the same for every target of ours; libraries' headers are SYSTEM (imported targets).
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")

find_program(CCACHE ccache)
if(CCACHE)
  # Precompiled headers need the sloppiness (ccache manual, "Precompiled headers"); without absolute paths in its keys the cache also
  # serves other build directories and clones.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=/ CCACHE_NOHASHDIR=1 ${CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

include_directories(${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/include)

# Our warnings; linked PRIVATE by every target of ours.
add_library(xxl_warnings INTERFACE)
target_compile_options(xxl_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 reports these inside its own <string> when it inlines `"text" + string` (GCC bugs 105329, 105651).
  target_compile_options(xxl_warnings INTERFACE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow)
endif()

if(XXL_SANITIZE)
  # Not `null`: CAF 0.17 binds a reference to the empty argument tuple of every actor without arguments, in a header. What is really
  # read through a null pointer AddressSanitizer reports.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=null -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

# xxl_library(NAME SOURCES... LINK LIBS... [CAF]): a static library of ours. CAF reuses the one precompiled header (caf/all.hpp
# and the standard library), which halves the time of a translation unit with typed actors.
function(xxl_library name)
  cmake_parse_arguments(ARG "CAF" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE xxl_warnings)
  if(ARG_CAF)
    xxl_use_pch(${name})
  endif()
endfunction()

# xxl_executable(NAME SOURCES... LINK LIBS... [CAF])
function(xxl_executable name)
  cmake_parse_arguments(ARG "CAF" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} xxl_warnings)
  if(ARG_CAF)
    xxl_use_pch(${name})
  endif()
endfunction()

function(xxl_use_pch name)
  target_precompile_headers(${name} REUSE_FROM xxl_pch)
endfunction()
