;; Another plugin. It writes under one key of shared data: its first value when it is first
;; configured, and at each request with a header x-foreign the value of that number. When it is
;; configured, it also defines metrics, and writes under so many other keys.
(module
  (import "env" "proxy_set_shared_data"
    (func $set (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_get_header_map_value"
    (func $header (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_define_metric"
    (func $define (param i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_increment_metric"
    (func $increment (param i32 i64) (result i32)))

  (memory (export "memory") 1024)
  {{data}}

  (func $write (param $number i32) (param $cas i32)
    {{writes}})

  (func $define_metrics
    {{metrics}})

  (func $crowd (local $left i32)
    (local.set $left (i32.const {{others}}))
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (i32.store (i32.const 0x600) (local.get $left))
      (drop (call $set
        (i32.const 0x600) (i32.const 4) (i32.const 0x600) (i32.const 4) (i32.const 0)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next))))

  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 0x800))
  (func (export "proxy_on_context_create") (param i32 i32))
  (func (export "proxy_on_configure") (param i32 i32) (result i32)
    (call $define_metrics)
    (call $crowd)
    ;; A compare-and-swap number that no value has: of all VMs, the first creates the key.
    (call $write (i32.const 0) (i32.const -1))
    (i32.const 1))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (if (i32.eqz (call $header
        (i32.const 0) {{header}} (i32.const 0x700) (i32.const 0x704)))
      (then (call $write
        (i32.sub (i32.load8_u (i32.const 0x800)) (i32.const 48)) (i32.const 0))))
    (i32.const 0)))
