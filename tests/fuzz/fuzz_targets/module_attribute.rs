#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| maintenance_mode_fuzz::module_attribute::check(data));
