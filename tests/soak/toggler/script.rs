//! What is asked for, in which order.

use std::time::Duration;

use crate::expectation::Call;

/// A change, and how long it is left alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub call: Call,
    pub pause: Duration,
}

const fn step(call: Call, millis: u64) -> Step {
    Step {
        call,
        pause: Duration::from_millis(millis),
    }
}

/// What is asked for again and again. A wait of a minute ends by an `off`, after which there is
/// time to see whether it does.
pub(super) const SCENES: [&[Step]; 12] = [
    // Another message, and at once again.
    &[
        step(Call::ON, 120),
        step(Call::ON, 400),
        step(Call::OFF, 200),
        step(Call::ON, 350),
        step(Call::ON, 80),
        step(Call::OFF, 120),
    ],
    // Waits that the off ends, and one that outlives the on that began it.
    &[
        step(Call::holding(60), 500),
        step(Call::OFF, 2300),
        step(Call::holding(60), 300),
        step(Call::ON, 300),
        step(Call::OFF, 200),
    ],
    // Waits that run out.
    &[step(Call::holding(1), 1600), step(Call::OFF, 200)],
    // A slow opening, to its end.
    &[step(Call::ON, 150), step(Call::ramp(3), 3300)],
    // One that is not to be slowed, but hastened.
    &[
        step(Call::ON, 150),
        step(Call::ramp(6), 1000),
        step(Call::ramp(9), 300),
        step(Call::ramp(2), 2200),
    ],
    // One that an off ends, and one that an on ends.
    &[
        step(Call::ON, 150),
        step(Call::ramp(4), 1500),
        step(Call::OFF, 200),
    ],
    &[
        step(Call::ON, 150),
        step(Call::ramp(4), 1500),
        step(Call::ON, 300),
        step(Call::OFF, 200),
    ],
    // Waits for a turn, which comes in time.
    &[step(Call::holding(60), 300), step(Call::ramp(2), 4300)],
    // Waits for a turn, which is too late for most.
    &[
        step(Call::holding(1), 300),
        step(Call::ramp(4), 1500),
        step(Call::OFF, 200),
    ],
    // Nobody has set anything.
    &[
        step(Call::Reset, 400),
        step(Call::ON, 150),
        step(Call::Reset, 300),
        step(Call::OFF, 200),
    ],
    // A slow opening of what nobody has set.
    &[step(Call::Reset, 200), step(Call::ramp(2), 2200)],
    // An on that ends by itself, and silences no window.
    &[step(Call::lasting(1), 2500)],
];

/// After a change that nobody knows of.
pub(super) const OFF: Step = step(Call::OFF, 200);
/// No scene takes longer.
pub(super) const LONGEST: Duration = Duration::from_secs(6);
/// What lets windows begin and end.
pub(super) const REST: Call = Call::lasting(1);
/// How long it is rested beyond the edge of a window.
pub(super) const BEYOND: Duration = Duration::from_millis(1500);
