;; Passes each request after the host calls that an admin endpoint needs while
;; maintenance is off: the signal that the state changed, the path, and whether there is a bypass
;; token.
(module
  (import "env" "proxy_define_metric"
    (func $define_metric (param i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_get_metric"
    (func $get_metric (param i32 i32) (result i32)))
  (import "env" "proxy_get_header_map_value"
    (func $get_header_map_value (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0x1000) "maintenance_mode.bare.signals")
  (data (i32.const 0x1100) ":path")
  (data (i32.const 0x1200) "x-maintenance-bypass")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_context_create") (param i32 i32))
  ;; What the host returns lies at 0x8000, until the next request.
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 0x8000))
  (func (export "proxy_on_configure") (param i32 i32) (result i32)
    ;; The number of the gauge stays at 0x1c.
    (drop (call $define_metric
      (i32.const 1) (i32.const 0x1000) (i32.const 29) (i32.const 0x1c)))
    (i32.const 1))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (drop (call $get_metric (i32.load (i32.const 0x1c)) (i32.const 0x20)))
    (drop (call $get_header_map_value
      (i32.const 0) (i32.const 0x1100) (i32.const 5) (i32.const 0x10) (i32.const 0x14)))
    (drop (call $get_header_map_value
      (i32.const 0) (i32.const 0x1200) (i32.const 20) (i32.const 0x10) (i32.const 0x14)))
    (i32.const 0)))
