//! The admission policy, as far as it can be seen without an API server.

use crate::committed::printed;
use support::yaml;

#[test]
fn each_keyword_of_the_schema_is_said_in_the_policy() {
    let policy = printed(&["--admission-policy"]);
    assert!(!policy.contains("false /*"), "a keyword is not known");
    let [policy, binding]: [_; 2] = yaml::parse_all(&policy).try_into().unwrap();
    assert_eq!(policy["kind"], "ValidatingAdmissionPolicy");
    assert_eq!(binding["kind"], "ValidatingAdmissionPolicyBinding");
    assert_eq!(binding["spec"]["policyName"], policy["metadata"]["name"]);
}
