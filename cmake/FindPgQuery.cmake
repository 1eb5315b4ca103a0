# libpg_query 18 or newer with PostgreSQL's own headers: the system's, else what scripts/build-parser built.
# Gives PgQuery::PgQuery, and PgQuery_LICENSE, the notice to install with what it is linked into, and
# PgQuery_HEADERS, the folder of PostgreSQL's headers.

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/libpg_query.txt PgQuery_PIN REGEX "--hash=sha256:")
string(REGEX MATCH "sha256:(............)" _ "${PgQuery_PIN}")
set(PgQuery_CACHE "$ENV{HOME}/.cache/bellows")
if(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(PgQuery_CACHE "$ENV{XDG_CACHE_HOME}/bellows")
endif()
if(NOT "$ENV{BELLOWS_CACHE}" STREQUAL "")
  set(PgQuery_CACHE "$ENV{BELLOWS_CACHE}")
endif()
set(PgQuery_BUILT "${PgQuery_CACHE}/libpg_query-${CMAKE_MATCH_1}")

# The headers and the archive under PREFIX; none where they are older, or lack PostgreSQL's nodes.
function(look_for_pg_query prefix)
  set(header ${prefix}/include/pg_query.h)
  if(NOT EXISTS ${header} OR NOT EXISTS ${prefix}/include/pg_query/pg_query_internal.h)
    return()
  endif()
  file(STRINGS ${header} version REGEX "define PG_VERSION_NUM")
  string(REGEX MATCH "[0-9]+" version "${version}")
  if(version LESS 180006)  # the same grammar on every machine: what the cached one has, or newer
    return()
  endif()
  find_library(PgQuery_LIBRARY libpg_query.a PATHS ${prefix}/lib ${prefix}/lib/${CMAKE_LIBRARY_ARCHITECTURE}
    NO_DEFAULT_PATH NO_CACHE)
  if(PgQuery_LIBRARY)
    set(PgQuery_LIBRARY ${PgQuery_LIBRARY} PARENT_SCOPE)
    set(PgQuery_PREFIX ${prefix} PARENT_SCOPE)
  endif()
endfunction()

unset(PgQuery_LIBRARY)
foreach(prefix /usr/local /usr ${PgQuery_BUILT})
  if(NOT PgQuery_LIBRARY)
    look_for_pg_query(${prefix})
  endif()
endforeach()
if(NOT PgQuery_LIBRARY)
  message(FATAL_ERROR "No libpg_query 18 with PostgreSQL's headers is here, neither the system's nor in "
    "${PgQuery_BUILT}: run scripts/install-packages, or scripts/build-parser, which wants python3-pip and make.")
endif()
foreach(notice ${PgQuery_PREFIX}/LICENSE ${PgQuery_PREFIX}/share/doc/libpg-query-dev/copyright)
  if(EXISTS ${notice})
    set(PgQuery_LICENSE ${notice})
  endif()
endforeach()

set(PgQuery_HEADERS ${PgQuery_PREFIX}/include/pg_query/postgres)
add_library(PgQuery::PgQuery STATIC IMPORTED)
set_target_properties(PgQuery::PgQuery PROPERTIES
  IMPORTED_LOCATION ${PgQuery_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES "${PgQuery_PREFIX}/include;${PgQuery_HEADERS}"
  INTERFACE_LINK_LIBRARIES Threads::Threads)
