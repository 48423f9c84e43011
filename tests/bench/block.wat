;; Answers each request after the host calls that a policy of addresses and paths needs:
;; the signal that the state changed, the header map, the client's address, a counter and the
;; filter state.
(module
  (import "env" "proxy_get_header_map_pairs"
    (func $get_header_map_pairs (param i32 i32 i32) (result i32)))
  (import "env" "proxy_get_property"
    (func $get_property (param i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_set_property"
    (func $set_property (param i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_define_metric"
    (func $define_metric (param i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_get_metric"
    (func $get_metric (param i32 i32) (result i32)))
  (import "env" "proxy_increment_metric"
    (func $increment_metric (param i32 i64) (result i32)))
  (import "env" "proxy_send_local_response"
    (func $send_local_response (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0x1000) "maintenance_mode.bare.signals")
  (data (i32.const 0x1100) "source\00address")
  (data (i32.const 0x1200) "maintenance_mode")
  (data (i32.const 0x1300) "blocked")
  (data (i32.const 0x1400) "maintenance_mode.bare.blocked")
  (data (i32.const 0x2000) "{{headers}}")
  (data (i32.const 0x3000) "{{body}}")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_context_create") (param i32 i32))
  ;; What the host returns lies at 0x8000, until it returns something else.
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 0x8000))
  (func (export "proxy_on_configure") (param i32 i32) (result i32)
    ;; The numbers of the gauge and the counter stay at 0x18 and 0x1c.
    (drop (call $define_metric
      (i32.const 1) (i32.const 0x1000) (i32.const 29) (i32.const 0x18)))
    (drop (call $define_metric
      (i32.const 0) (i32.const 0x1400) (i32.const 29) (i32.const 0x1c)))
    (i32.const 1))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (drop (call $get_metric (i32.load (i32.const 0x18)) (i32.const 0x20)))
    (drop (call $get_header_map_pairs (i32.const 0) (i32.const 0x10) (i32.const 0x14)))
    (drop (call $get_property
      (i32.const 0x1100) (i32.const 14) (i32.const 0x10) (i32.const 0x14)))
    (drop (call $increment_metric (i32.load (i32.const 0x1c)) (i64.const 1)))
    (drop (call $set_property
      (i32.const 0x1200) (i32.const 16) (i32.const 0x1300) (i32.const 7)))
    (drop (call $send_local_response
      (i32.const {{status}})
      (i32.const 0x1200) (i32.const 16)
      (i32.const 0x3000) (i32.const {{body_size}})
      (i32.const 0x2000) (i32.const {{headers_size}})
      (i32.const -1)))
    (i32.const 1)))
