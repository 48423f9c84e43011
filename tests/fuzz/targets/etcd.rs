//! An Envoy and the wire to its etcd, on which the targets write what they like.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::LazyLock,
};

use maintenance_mode_core::{
    policy::{fleet_store::FleetStore, policy::Policy},
    state::{change::StateChange, state::State},
    store::{
        etcd::{etcd::Etcd, follower::EtcdFollower},
        follower::Follower,
        grpc::{CallId, Client, Rpc},
        notice::Notices,
        shared_map::{SharedMap, Signal},
        state_store::{Changed, Changing, StateStore},
    },
    syntax::protobuf::Message,
};

use super::request::{now, policy};

static POLICY: LazyLock<Policy> =
    LazyLock::new(|| policy(r#"{"store":{"etcd":{"cluster":"c","key":"k"}}}"#));

/// Envoy's shared data.
#[derive(Clone, Default)]
pub struct Process(Rc<Values>);

#[derive(Default)]
struct Values {
    values: RefCell<HashMap<String, (Vec<u8>, u32)>>,
    last: Cell<u32>,
    /// There is one scope only.
    signal: Raised,
}

impl Process {
    pub fn overwrite(&self, key: &str, value: &[u8]) {
        self.set(key, value, 0);
    }
}

/// How often the signal was raised.
#[derive(Clone, Default)]
pub struct Raised(Rc<Cell<u64>>);

impl Signal for Raised {
    fn number(&self) -> u64 {
        self.0.get()
    }

    fn raise(&self) {
        self.0.set(self.0.get() + 1);
    }
}

impl SharedMap for Process {
    type Signal = Raised;

    fn signal(&self, _scope: &str) -> Raised {
        self.0.signal.clone()
    }

    fn get(&self, key: &str) -> Option<(Vec<u8>, u32)> {
        self.0.values.borrow().get(key).cloned()
    }

    fn set(&self, key: &str, value: &[u8], cas: u32) -> bool {
        let current = self.get(key);
        if cas != 0 && current.is_some_and(|(_, current)| current != cas) {
            return false;
        }
        self.0.last.set(self.0.last.get() + 1);
        let value = (value.to_vec(), self.0.last.get());
        self.0.values.borrow_mut().insert(key.to_owned(), value);
        true
    }
}

/// What was called and sent.
#[derive(Clone, Default)]
pub struct Wire(Rc<Sent>);

#[derive(Default)]
struct Sent {
    last_id: Cell<u32>,
    last_call: RefCell<Vec<u8>>,
    streams: RefCell<Vec<CallId>>,
    last_message: RefCell<Vec<u8>>,
}

impl Wire {
    /// The number of the last call or stream.
    pub fn last_id(&self) -> u32 {
        self.0.last_id.get()
    }

    /// The message of the last call.
    pub fn last_call(&self) -> Vec<u8> {
        self.0.last_call.borrow().clone()
    }

    /// The streams that are open.
    pub fn streams(&self) -> Vec<CallId> {
        self.0.streams.borrow().clone()
    }

    /// The last message on a stream.
    pub fn last_message(&self) -> Vec<u8> {
        self.0.last_message.borrow().clone()
    }

    fn next_id(&self) -> u32 {
        self.0.last_id.set(self.0.last_id.get() + 1);
        self.0.last_id.get()
    }
}

impl Client for Wire {
    fn call(&self, _rpc: Rpc<'_>, message: &Message, timeout_ms: u64) -> Option<CallId> {
        assert!(timeout_ms > 0);
        self.0.last_call.replace(message.as_ref().to_vec());
        Some(self.next_id())
    }

    fn open(&self, _rpc: Rpc<'_>) -> Option<CallId> {
        let id = self.next_id();
        self.0.streams.borrow_mut().push(id);
        Some(id)
    }

    fn send(&self, _stream: CallId, message: &Message) -> bool {
        self.0.last_message.replace(message.as_ref().to_vec());
        true
    }

    fn cancel(&self, stream: CallId) {
        self.0.streams.borrow_mut().retain(|open| *open != stream);
    }
}

/// An Envoy with one VM.
pub struct Envoy {
    pub wire: Wire,
    pub follower: EtcdFollower<Process>,
    store: Rc<Etcd<Process>>,
}

impl Envoy {
    pub fn new() -> Self {
        let wire = Wire::default();
        let FleetStore::Etcd(settings) = POLICY.store.clone().unwrap();
        let store = Rc::new(Etcd::new(
            settings,
            Box::new(wire.clone()),
            Process::default(),
            "s",
            1,
        ));
        Self {
            wire,
            follower: EtcdFollower::new(Rc::clone(&store), 1),
            store,
        }
    }

    /// Asks etcd for the key, which answers this.
    pub fn read(&mut self, answer: &[u8]) -> Notices {
        self.follower.tick(now());
        let call = self.wire.last_id();
        self.follower.on_answer(call, Ok(answer), now())
    }

    /// The state that requests read.
    pub fn state(&self) -> State {
        let state = &self.store.state;
        state.reload().expect("an unreadable state was stored");
        (*state.snapshot()).clone()
    }

    /// A change, of which etcd answers this to the read and to the write.
    pub fn change(&self, change: StateChange, answers: [&[u8]; 2]) -> Option<Changed> {
        let Changing::Waiting(mut pending) = self.store.change(change, now()) else {
            panic!("it was not asked");
        };
        answers.into_iter().find_map(|answer| {
            assert!(pending.awaits(self.wire.last_id()));
            pending.on_answer(Ok(answer), now())
        })
    }

    pub fn is_connected(&self) -> bool {
        self.store.is_connected()
    }
}

/// A field of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    Varint(u64),
    Bytes(Vec<u8>),
    Fixed,
}

/// The fields of a message, plainly read; `None` if it is none.
pub fn fields(message: &[u8]) -> Option<Vec<(u64, Field)>> {
    let mut at = 0;
    let mut fields = Vec::new();
    while at < message.len() {
        let tag = varint(message, &mut at)?;
        let skip = |at: &mut usize, length: usize| {
            let from = std::mem::replace(at, at.checked_add(length)?);
            message.get(from..*at)
        };
        let field = match tag % 8 {
            0 => Field::Varint(varint(message, &mut at)?),
            1 => skip(&mut at, 8).map(|_| Field::Fixed)?,
            2 => {
                let length = usize::try_from(varint(message, &mut at)?).ok()?;
                Field::Bytes(skip(&mut at, length)?.to_vec())
            }
            5 => skip(&mut at, 4).map(|_| Field::Fixed)?,
            _ => return None,
        };
        fields.push((tag / 8, field));
    }
    Some(fields)
}

fn varint(message: &[u8], at: &mut usize) -> Option<u64> {
    let mut number = 0u128;
    for place in 0..10 {
        let byte = *message.get(*at)?;
        *at += 1;
        number |= u128::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(number as u64);
        }
    }
    None
}

/// The last bytes of a field.
pub fn bytes(fields: &[(u64, Field)], number: u64) -> Option<&[u8]> {
    fields.iter().rev().find_map(|field| match field {
        (found, Field::Bytes(bytes)) if *found == number => Some(bytes.as_slice()),
        _ => None,
    })
}

/// The last number of a field; 0 without.
pub fn number(fields: &[(u64, Field)], number: u64) -> u64 {
    let last = fields.iter().rev().find_map(|field| match field {
        (found, Field::Varint(value)) if *found == number => Some(*value),
        _ => None,
    });
    last.unwrap_or(0)
}
