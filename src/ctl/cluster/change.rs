//! A change of the configuration in an object, which loses to nobody.

use std::thread;
use std::time::Duration;

use crate::ctl::arguments::object::Object;
use crate::ctl::cluster::kubectl::Kubectl;
use crate::ctl::cluster::overlay::Overlay;
use crate::ctl::cluster::patch::Patch;
use crate::ctl::cluster::snapshot::Snapshot;
use crate::ctl::process::console::complain;

/// How often to try where others change the object at the same time.
const ATTEMPTS: u32 = 10;
/// After the first time; the next are longer.
const PAUSE: Duration = Duration::from_millis(50);

/// What an object was, and what it is made.
pub(crate) struct Change {
    pub(crate) before: Snapshot,
    pub(crate) after: Snapshot,
    pub(crate) patch: Patch,
}

/// An object as it is.
///
/// # Errors
/// kubectl cannot get it, or it has no filter of ours, or several.
pub(crate) fn read(object: &Object) -> Result<Snapshot, String> {
    Snapshot::read(&Kubectl(object).get()?)
}

impl Change {
    /// What an overlay would change.
    ///
    /// # Errors
    /// The object cannot be read, or what the overlay adds is invalid.
    pub(crate) fn planned(object: &Object, overlay: &Overlay) -> Result<Self, String> {
        Self::of(read(object)?, overlay)
    }

    /// Changes an object as an overlay says that is chosen for what is there.
    ///
    /// # Errors
    /// None is chosen, or it cannot be changed; then nothing was.
    pub(crate) fn carried_out<'s, E: From<String>>(
        object: &Object,
        choose: impl Fn(&Snapshot) -> Result<&'s Overlay, E>,
    ) -> Result<Self, E> {
        let mut snapshot = read(object)?;
        for attempt in 1..=ATTEMPTS {
            let overlay = choose(&snapshot)?;
            let change = Self::of(snapshot, overlay)?;
            if change.patch.is_empty() {
                return Ok(change);
            }
            let problem = match Kubectl(object).patch(&change.patch.to_string()) {
                Ok(warnings) => {
                    if !warnings.is_empty() {
                        complain(&change.before.hide(&warnings));
                    }
                    return Ok(change);
                }
                Err(problem) => problem,
            };
            // The server says of a test that fails only that the request is invalid.
            snapshot = read(object)?;
            if snapshot.version() == change.before.version() {
                return Err(change.before.hide(&problem).into());
            }
            thread::sleep(PAUSE * attempt);
        }
        let problem = "somebody else changes it all the time: nothing was written";
        Err(problem.to_owned().into())
    }

    fn of(before: Snapshot, overlay: &Overlay) -> Result<Self, String> {
        let after = before.overlaid(overlay)?;
        let patch = before.patch_to(&after);
        Ok(Self {
            before,
            after,
            patch,
        })
    }
}
