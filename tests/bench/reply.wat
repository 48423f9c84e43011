;; Answers each request, and looks at nothing.
(module
  (import "env" "proxy_send_local_response"
    (func $send_local_response (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0x1000) "maintenance_mode")
  (data (i32.const 0x2000) "{{headers}}")
  (data (i32.const 0x3000) "{{body}}")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_context_create") (param i32 i32))
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 0x8000))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (drop (call $send_local_response
      (i32.const {{status}})
      (i32.const 0x1000) (i32.const 16)
      (i32.const 0x3000) (i32.const {{body_size}})
      (i32.const 0x2000) (i32.const {{headers_size}})
      (i32.const -1)))
    (i32.const 1)))
