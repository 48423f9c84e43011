//! Every order in which the workers of one process can call the shared map, with workers that die
//! between any two calls.
//!
//! A worker is replayed from its birth with the answers it got, up to the one call that it
//! makes next: so a world of several workers is a value, which can be copied and gone on with
//! in all directions.

mod replay;
mod world;

use std::collections::HashSet;

use self::replay::Fault;
use self::world::{Step, Violation, World};
use crate::state::change::{Edit, Precondition, StateChange};
use crate::state::setting::Setting;
use crate::syntax::timestamp::Timestamp;

/// Goes on in all directions; how many worlds there are.
fn explore(world: World) -> Result<usize, Violation> {
    let mut known = HashSet::from([world.key()]);
    let mut open = vec![world];
    while let Some(world) = open.pop() {
        let mut next = Vec::new();
        for index in world.living() {
            let mut stepped = world.fork();
            stepped.step(index)?;
            next.push(stepped);
            if world.deaths > 0 && world.workers[index].is_busy() {
                let mut killed = world.fork();
                killed.kill(index);
                next.push(killed);
            }
        }
        if next.is_empty() {
            world.quiesce()?;
        }
        open.extend(next.into_iter().filter(|world| known.insert(world.key())));
    }
    Ok(known.len())
}

/// One way through, by chance.
fn wander(mut world: World, random: &mut Random) -> Result<(), Violation> {
    loop {
        let living: Vec<usize> = world.living().collect();
        let Some(&index) = living.get(random.below(living.len())) else {
            return world.quiesce();
        };
        if world.deaths > 0 && random.below(20) == 0 {
            world.kill(index);
        } else {
            world.step(index)?;
        }
    }
}

/// Xorshift, by Marsaglia.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound.max(1)
    }
}

fn change(edit: Edit) -> Step {
    Step::Change(Box::new(StateChange {
        edit,
        precondition: Precondition::Any,
    }))
}

/// `message` tells one change from another.
fn set(maintenance: bool, message: &str) -> Step {
    change(Edit::Set(Setting {
        maintenance,
        message: Some(message.to_owned()),
        ..Setting::default()
    }))
}

/// Two workers that were born, each with two changes to make.
fn two_workers(fault: Fault, deaths: usize, with_requests: bool) -> World {
    let scripts = ["a", "b"].map(|name| {
        let changes = [set(true, name), set(false, name)];
        let requests = with_requests.then_some(Step::Request);
        let steps = changes
            .into_iter()
            .flat_map(|change| [Some(change), requests.clone()]);
        steps.flatten().collect()
    });
    let mut world = World::new(fault, deaths, &scripts);
    for index in 0..2 {
        // The key created, the number, the state, and the state again.
        for _ in 0..4 {
            world.step(index).unwrap();
        }
    }
    world
}

#[test]
fn no_order_of_two_workers_loses_a_change() {
    let worlds = explore(two_workers(Fault::None, 0, true)).unwrap();
    assert!(worlds > 10_000, "{worlds}");
}

#[test]
fn no_death_of_a_worker_loses_a_change() {
    let worlds = explore(two_workers(Fault::None, 1, false)).unwrap();
    assert!(worlds > 10_000, "{worlds}");
}

#[test]
fn no_order_of_two_births_loses_a_change() {
    let scripts = ["a", "b"].map(|name| vec![set(true, name), Step::Request]);
    explore(World::new(Fault::None, 1, &scripts)).unwrap();
}

#[test]
fn shared_data_that_does_not_compare_is_noticed() {
    let violation = explore(two_workers(Fault::NoCompare, 0, true)).unwrap_err();
    assert!(violation.starts_with("a change was lost"), "{violation}");
}

#[test]
fn a_signal_that_is_lost_is_noticed() {
    let violation = explore(two_workers(Fault::NoSignal, 0, true)).unwrap_err();
    let expected = "an acknowledged change is not obeyed";
    assert!(violation.starts_with(expected), "{violation}");
}

#[test]
fn what_could_not_be_written_is_not_acknowledged() {
    let mut world = two_workers(Fault::NoSuccess, 0, true);
    while !world.workers[0].is_done {
        world.step(0).unwrap();
    }
    assert_eq!(
        (world.workers[0].outcomes, world.acknowledged.len()),
        (4, 0)
    );
}

#[test]
fn chance_finds_no_order_of_many_workers_that_loses_a_change() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..100 {
        let scripts: Vec<Vec<Step>> = (0..4)
            .map(|worker| {
                let steps = (0..6).map(|at| match random.below(8) {
                    0 | 1 => Step::Request,
                    2 => Step::Tick,
                    3 => change(Edit::Reset),
                    4 => change(Edit::RevokeBypass(Timestamp::from_unix_millis(5))),
                    5 => Step::Change(Box::new(StateChange {
                        edit: Edit::Reset,
                        precondition: Precondition::OneOf(vec![random.below(6) as u64]),
                    })),
                    _ => set(random.below(2) == 0, &format!("{worker} {at}")),
                });
                steps.collect()
            })
            .collect();
        wander(World::new(Fault::None, 3, &scripts), &mut random).unwrap();
    }
}
