// The part of spdlog that logs to stderr, as its own source makes it out of the headers: Debian has
// no archive to link (CMakeLists.txt says why one is wanted).
#include <spdlog/common-inl.h>
#include <spdlog/details/backtracer-inl.h>
#include <spdlog/details/log_msg-inl.h>
#include <spdlog/details/log_msg_buffer-inl.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/details/os-inl.h>
#include <spdlog/details/periodic_worker-inl.h>
#include <spdlog/details/registry-inl.h>
#include <spdlog/logger-inl.h>
#include <spdlog/pattern_formatter-inl.h>
#include <spdlog/sinks/ansicolor_sink-inl.h>
#include <spdlog/sinks/base_sink-inl.h>
#include <spdlog/sinks/sink-inl.h>
#include <spdlog/sinks/stdout_sinks-inl.h>
#include <spdlog/spdlog-inl.h>

#include <mutex>

using spdlog::details::console_mutex;

template class SPDLOG_API spdlog::sinks::base_sink<std::mutex>;
template class SPDLOG_API spdlog::sinks::stdout_sink_base<console_mutex>;
template class SPDLOG_API spdlog::sinks::stderr_sink<console_mutex>;
template class SPDLOG_API spdlog::sinks::ansicolor_sink<console_mutex>;
template class SPDLOG_API spdlog::sinks::ansicolor_stdout_sink<console_mutex>;
