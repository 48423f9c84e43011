;; Passes each request after the host call that the filter needs for it: whether there is a
;; bypass token, which no upstream may see.
(module
  (import "env" "proxy_get_header_map_value"
    (func $get_header_map_value (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0x1000) "x-maintenance-bypass")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_context_create") (param i32 i32))
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 0x8000))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (drop (call $get_header_map_value
      (i32.const 0) (i32.const 0x1000) (i32.const 20) (i32.const 0x10) (i32.const 0x14)))
    (i32.const 0)))
