#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::resource_policy(data));
