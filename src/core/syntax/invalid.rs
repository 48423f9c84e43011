//! What is wrong with a plugin configuration.

use std::borrow::Cow;
use std::{fmt, mem};

use crate::syntax::one_line::OneLine;

/// A fault of a plugin configuration: where it is and what was expected.
///
/// Its text is one line: `allow.client_ips[2]: "10.0.0.300" is not an IP address or CIDR
/// block`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidConfig(Box<Fault>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    /// From the inside out.
    path: Vec<Step>,
    problem: Cow<'static, str>,
    /// The faults of other values, which were found with it.
    others: Vec<InvalidConfig>,
}

/// A step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into an object.
    Key(Box<str>),
    /// Into a list.
    Index(usize),
}

impl std::error::Error for InvalidConfig {}

/// What a part of a plugin configuration compiles to, or the first fault for which it is refused.
pub type Compiled<T> = Result<T, InvalidConfig>;

impl InvalidConfig {
    /// A fault of the value at hand; [`Located`] adds where it is.
    pub fn new(problem: impl Into<Cow<'static, str>>) -> Self {
        Self::of(problem.into())
    }

    #[cold]
    #[inline(never)]
    fn of(problem: Cow<'static, str>) -> Self {
        let (path, others) = (Vec::new(), Vec::new());
        Self(Box::new(Fault {
            path,
            problem,
            others,
        }))
    }

    /// A text that is not what is expected, such as "a header name".
    pub(crate) fn is_not(text: &str, expected: &str) -> Self {
        Self::new(format!("{text:?} is not {expected}"))
    }

    /// A text that is not JSON; the problem names line and column.
    pub fn syntax(error: &serde_json::Error) -> Self {
        Self::new(format!("not valid JSON: {error}"))
    }

    /// The steps to the value, from the outside in.
    pub fn path(&self) -> impl DoubleEndedIterator<Item = &Step> {
        self.0.path.iter().rev()
    }

    /// What is wrong, without where.
    pub fn problem(&self) -> &str {
        &self.0.problem
    }

    /// The same fault of another value.
    pub(crate) fn of_value(mut self, path: Vec<Step>) -> Self {
        self.0.path = path;
        self.0.path.reverse();
        self
    }

    /// The same of what `step` leads to.
    #[cold]
    #[inline(never)]
    fn behind(mut self, step: Step) -> Self {
        let others = mem::take(&mut self.0.others).into_iter();
        self.0.others = others.map(|other| other.behind(step.clone())).collect();
        self.0.path.push(step);
        self
    }

    /// The faults that were found before this one, and this.
    #[cold]
    #[inline(never)]
    fn behind_others(self, others: Option<Self>) -> Self {
        match others {
            Some(mut first) => {
                first.0.others.push(self);
                first
            }
            None => self,
        }
    }

    /// This fault, and those that were found with it.
    pub(crate) fn with_others(mut self) -> Vec<Self> {
        let others = mem::take(&mut self.0.others);
        let mut all = vec![self];
        all.extend(others.into_iter().flat_map(Self::with_others));
        all
    }

    pub(crate) fn under(self, key: &str) -> Self {
        self.behind(Step::Key(key.into()))
    }

    pub(crate) fn under_index(self, index: usize) -> Self {
        self.behind(Step::Index(index))
    }
}

/// One line, whatever the configuration holds.
impl fmt::Display for InvalidConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for step in self.path() {
            match step {
                Step::Key(key) => write!(f, "{separator}{}", OneLine(key))?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
            separator = ".";
        }
        let separator = if separator.is_empty() { "" } else { ": " };
        write!(f, "{separator}{}", OneLine(self.problem()))
    }
}

/// Says where in the configuration a fault lies, from the inside out.
pub trait Located: Sized {
    /// The fault lies under this key.
    fn at(self, key: &str) -> Self;

    /// The fault lies in this element of a list.
    fn at_index(self, index: usize) -> Self;
}

impl<T> Located for Compiled<T> {
    fn at(self, key: &str) -> Self {
        self.map_err(|error| error.under(key))
    }

    fn at_index(self, index: usize) -> Self {
        self.map_err(|error| error.under_index(index))
    }
}

/// A fault of the value at hand in the place of what it should compile to.
pub fn refuse<T>(problem: impl Into<Cow<'static, str>>) -> Compiled<T> {
    Err(InvalidConfig::new(problem))
}

/// Compiles each entry of a list; a fault names its index.
pub(crate) fn each<'c, E, T>(
    entries: &'c [E],
    compile: impl Fn(&'c E) -> Compiled<T>,
) -> Compiled<Vec<T>> {
    let compile = |(index, entry)| compile(entry).at_index(index);
    all(entries.iter().enumerate().map(compile))
}

/// What all of these compile to, or the faults of all.
pub(crate) fn all<T>(parts: impl IntoIterator<Item = Compiled<T>>) -> Compiled<Vec<T>> {
    let mut compiled = Vec::new();
    let mut fault = None;
    for part in parts {
        match part {
            Ok(part) => compiled.push(part),
            Err(next) => fault = Some(next.behind_others(fault)),
        }
    }
    fault.map_or(Ok(compiled), Err)
}

/// What both of these compile to, or the faults of both.
pub(crate) fn both<A, B>(a: Compiled<A>, b: Compiled<B>) -> Compiled<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(first), Err(second)) => Err(second.behind_others(Some(first))),
        (Err(fault), Ok(_)) | (Ok(_), Err(fault)) => Err(fault),
    }
}

/// Compiles each entry of a list, of which no two may share a name, nor one have an empty one; a
/// fault names its index.
pub(crate) fn each_named<'c, E, T>(
    entries: &'c [E],
    compile: impl Fn(usize, &'c E) -> Compiled<T>,
    name: impl Fn(&'c E) -> Option<&'c str>,
) -> Compiled<Vec<T>> {
    let mut names = Vec::new();
    let mut compile = |index, entry| {
        let given = name(entry);
        if given == Some("") {
            return refuse("is empty: leave it out, or write one").at("name");
        }
        let next = compile(index, entry)?;
        if let Some(given) = given.filter(|given| names.contains(given)) {
            return refuse(format!("{given:?} is there twice: write another")).at("name");
        }
        names.extend(given);
        Ok(next)
    };
    let entries = entries.iter().enumerate();
    all(entries.map(|(index, entry)| compile(index, entry).at_index(index)))
}

/// Compiles what may be absent.
pub(crate) fn optional<E, T>(
    entry: Option<E>,
    compile: impl FnOnce(E) -> Compiled<T>,
) -> Compiled<Option<T>> {
    entry.map(compile).transpose()
}
