//! An object of a cluster, which `run` patches.

use std::sync::mpsc::Receiver;

use crate::ctl::arguments::object::Object;
use crate::ctl::arguments::parameters::Parameters;
use crate::ctl::cluster::change::Change;
use crate::ctl::cluster::overlay::{Overlay, check_expressible};
use crate::ctl::cluster::snapshot::Snapshot;
use crate::ctl::commands::run::switched::Switched;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::process::clock::now;
use crate::ctl::process::console::complain;
use crate::ctl::process::exit::{Abort, Exit};

pub(super) struct InCluster<'a> {
    object: &'a Object,
    toggle: Toggle,
    /// What was before, and what was set.
    switched: Option<(Overlay, Overlay)>,
}

impl<'a> InCluster<'a> {
    /// An error where no configuration can express the parameters.
    pub(super) fn new(object: &'a Object, parameters: &Parameters) -> Result<Self, Abort> {
        let toggle = Toggle::On(parameters.clone());
        check_expressible(&toggle)?;
        Ok(Self {
            object,
            toggle,
            switched: None,
        })
    }

    fn try_switch_on(&mut self) -> Result<(), String> {
        let ours = Overlay::new(&self.toggle, now())?;
        let change = Change::carried_out(self.object, |_| Ok::<_, String>(&ours))?;
        change.after.warn(self.object);
        self.switched = Some((change.before.overlay(), ours));
        Ok(())
    }
}

/// Why it is not put back.
enum Left {
    Foreign,
    Failed(String),
}

impl From<String> for Left {
    fn from(problem: String) -> Self {
        Self::Failed(problem)
    }
}

impl Switched for InCluster<'_> {
    fn switch_on(&mut self) -> Result<(), String> {
        let switched = self.try_switch_on();
        switched.map_err(|problem| format!("{}: {problem}", self.object.name))
    }

    /// A configuration stays as it is.
    fn keep_on(&mut self, _: &Receiver<()>) {}

    fn put_back(&self) -> Exit {
        let Some((before, ours)) = &self.switched else {
            return Exit::SUCCESS;
        };
        let choose = |current: &Snapshot| match current.overlay().is_like(ours) {
            true => Ok(before),
            false => Err(Left::Foreign),
        };
        let (exit, problem) = match Change::carried_out(self.object, choose) {
            Ok(_) => return Exit::SUCCESS,
            Err(Left::Foreign) => (
                Exit::NOT_OURS,
                "somebody else has changed it meanwhile, so it is left as it is".to_owned(),
            ),
            Err(Left::Failed(problem)) => (
                Exit::OWN_FAILURE,
                format!("what was could not be put back: {problem}"),
            ),
        };
        complain(&format!("{}: {problem}", self.object.name));
        exit
    }
}
