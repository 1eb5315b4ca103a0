#pragma once

#include <pg_query.h>
#include <protobuf-c/protobuf-c.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <new>

namespace bellows::sql {

/// A message of libpg_query's, in memory that is given back as a whole: to allocate and free node
/// by node was a sixth of what a check takes. Owns all that hangs on the message.
template <typename Message>
class Unpacked {
 public:
  using Unpack = Message* (*)(ProtobufCAllocator*, std::size_t, std::uint8_t const*);

  /// Holds nothing when `packed` is nested too deeply to be read, or there is no memory for it.
  Unpacked(Unpack unpack, PgQueryProtobuf const& packed)
      : memory_(std::make_unique<std::pmr::monotonic_buffer_resource>(
            first_block + unpacked_per_byte * packed.len)) {
    ProtobufCAllocator allocator{allocate, keep, memory_.get()};
    message_ = unpack(&allocator, packed.len, reinterpret_cast<std::uint8_t const*>(packed.data));
  }

  explicit operator bool() const { return message_ != nullptr; }
  Message* operator->() const { return message_; }
  Message& operator*() const { return *message_; }

 private:
  static constexpr std::size_t first_block = 1024;
  static constexpr std::size_t unpacked_per_byte = 16;  // about, of small statements

  /// Called from C, which no exception may pass.
  static void* allocate(void* memory, std::size_t size) noexcept {
    try {
      return static_cast<std::pmr::monotonic_buffer_resource*>(memory)->allocate(size);
    } catch (std::bad_alloc const&) {
      return nullptr;
    }
  }
  static void keep(void*, void*) {}

  std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_;
  Message* message_ = nullptr;
};

}  // namespace bellows::sql
