# Sources that are compiled several at once: what they include is then read, and the templates in it written
# out, once a group instead of once a file, which is most of what a file takes. A group is up to
# BELLOWS_GROUP neighbours in one folder; with 1 each file is compiled by itself, as scripts/tidy wants it, and
# so are files with SKIP_UNITY_BUILD_INCLUSION. A name in an anonymous namespace is thus its folder's, not its
# file's: the compiler tells where two clash.
set(BELLOWS_GROUP 8 CACHE STRING "how many sources of a folder are compiled at once")

# Sets `result` to the sources that stand for these (absolute names) in a target of this directory.
# A group includes them as seen from the project's root, so that it is the same in every checkout.
function(bellows_grouped result target)
  list(SORT ARGN)
  set(sources "")
  set(folders "")
  foreach(file ${ARGN})
    get_source_file_property(alone ${file} SKIP_UNITY_BUILD_INCLUSION)
    if(alone)
      list(APPEND sources ${file})
      continue()
    endif()
    file(RELATIVE_PATH file ${PROJECT_SOURCE_DIR} ${file})
    get_filename_component(folder ${file} DIRECTORY)
    string(MAKE_C_IDENTIFIER ${folder} folder)
    list(APPEND folders ${folder})
    list(APPEND in_${folder} ${file})
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(folder ${folders})
    # Groups of one folder are of nearly the same size.
    list(LENGTH in_${folder} files)
    math(EXPR groups "(${files} + ${BELLOWS_GROUP} - 1) / ${BELLOWS_GROUP}")
    foreach(group RANGE 1 ${groups})
      math(EXPR first "(${group} - 1) * ${files} / ${groups}")
      math(EXPR length "${group} * ${files} / ${groups} - ${first}")
      list(SUBLIST in_${folder} ${first} ${length} members)
      if(length EQUAL 1)
        list(APPEND sources ${PROJECT_SOURCE_DIR}/${members})
      else()
        list(TRANSFORM members REPLACE "(.+)" "#include \"\\1\"\n")
        list(JOIN members "" text)
        set(path ${CMAKE_CURRENT_BINARY_DIR}/grouped/${target}/${folder}_${group}.cpp)
        file(CONFIGURE OUTPUT ${path} CONTENT "${text}" @ONLY)
        if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # takes what a group includes for headers
          set_source_files_properties(${path} PROPERTIES COMPILE_OPTIONS -Wno-subobject-linkage)
        endif()
        list(APPEND sources ${path})
      endif()
    endforeach()
  endforeach()
  set(${result} ${sources} PARENT_SCOPE)
endfunction()
