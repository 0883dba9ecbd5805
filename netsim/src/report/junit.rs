//! The cases of a swarm as JUnit, which every machine that watches over a build can read.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// One seed, or one scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What it is called.
    pub name: String,
    /// What it was: `swarm`, `scenario`.
    pub class: String,
    /// How long it took.
    pub took: Duration,
    /// Broken promises; none if all is well.
    pub broken: Vec<String>,
}

/// All cases as one file.
///
/// # Errors
/// The writer refused; it does not for text in memory.
pub fn junit(title: &str, cases: &[Case]) -> Result<String, String> {
    let mut suite = TestSuite::new(title);
    for case in cases {
        let status = match case.broken.first() {
            None => TestCaseStatus::success(),
            Some(first) => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(first.as_str());
                status.set_description(case.broken.join("\n"));
                status
            }
        };
        let mut test = TestCase::new(case.name.as_str(), status);
        test.set_classname(case.class.as_str()).set_time(case.took);
        suite.add_test_case(test);
    }
    let mut report = Report::new(title);
    report.add_test_suite(suite);
    report.to_string().map_err(|error| error.to_string())
}
