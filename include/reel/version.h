// SPDX-License-Identifier: MIT
/// The version of reel, which all build systems read here.
///
/// Versions are those of semver.org. Within one major version a program that was
/// built compiles and links anew without a change, and keeps its meaning:
///
///   * a minor version adds functions, macros, options and values of enums, and
///     members at the end of structs that the application does not fill in;
///   * a patch mends what did not do what its header says;
///   * what src/, detail/ and tests/ name, the layout of structs, and the figures of
///     costs may change with each version. So compile program and library anew.
///
/// A suffix such as "-rc.1" says that a version is not released yet.

#ifndef REEL_VERSION_H
#define REEL_VERSION_H

#define REEL_VERSION_MAJOR 1
#define REEL_VERSION_MINOR 0
#define REEL_VERSION_PATCH 0
#define REEL_VERSION       "1.0.0-rc.1"

/// A number to compare: #if REEL_VERSION_NUMBER >= REEL_VERSION_OF(1, 2, 0)
#define REEL_VERSION_OF(major, minor, patch) \
    ((major)*1000000 + (minor)*1000 + (patch))
#define REEL_VERSION_NUMBER \
    REEL_VERSION_OF(REEL_VERSION_MAJOR, REEL_VERSION_MINOR, REEL_VERSION_PATCH)

#endif
