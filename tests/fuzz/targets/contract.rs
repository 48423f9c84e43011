//! The filter against a second reading of the contract.
//!
//! The bytes choose a configuration, calls of the admin endpoint and requests. A difference is
//! shown as the smallest case that has it. `make compare` tries more of them.

use super::pairs::{Outcomes, case, compare, shown, shrink::smallest};

pub fn check(data: &[u8]) {
    let case = case(data);
    if let Some(difference) = compare(&case, &mut Outcomes::new()).first() {
        panic!("{}", shown(&smallest(case, difference)));
    }
}
