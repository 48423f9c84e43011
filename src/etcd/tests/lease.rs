//! Which of the VMs of one Envoy follows.

use super::*;

#[test]
fn of_the_vms_of_one_envoy_one_follows_and_all_know() {
    let model = Model::new();
    let process = Rc::default();
    let mut vms = [1, 2, 3].map(|number| Vm::new(&model, &process, number));
    for _ in 0..20 {
        vms.iter_mut().for_each(Vm::tick);
    }
    assert_eq!(model.open_streams().len(), 1);
    assert!(vms.iter().all(|vm| vm.store.is_connected()));
    model.put(Some(ON));
    vms[0].receive();
    assert!(vms.iter().all(|vm| vm.flag() == Some(true)));
}

#[test]
fn another_takes_over_at_once_where_the_holder_leaves() {
    let model = Model::new();
    let process = Rc::default();
    let mut vms = [1, 2].map(|number| Vm::new(&model, &process, number));
    vms.iter_mut().for_each(Vm::tick);
    vms[0].follower.stop();
    assert!(!vms[1].store.is_connected() && model.open_streams().is_empty());
    vms[1].tick();
    assert!(vms[1].store.is_connected());
}

#[test]
fn another_takes_over_within_three_seconds_where_the_holder_dies() {
    let model = Model::new();
    let process = Rc::default();
    let mut vms = [1, 2].map(|number| Vm::new(&model, &process, number));
    vms.iter_mut().for_each(Vm::tick);
    let [mut dead, mut heir] = vms;
    for _ in 0..3 {
        heir.tick();
    }
    assert_eq!(model.open_streams().len(), 1);
    heir.tick();
    assert_eq!(model.open_streams().len(), 2);
    dead.tick();
    assert_eq!(model.open_streams().len(), 1, "it was only slow");
    assert!(dead.store.is_connected());
}

#[test]
fn what_is_no_lease_is_free() {
    let model = Model::new();
    let process: Rc<Process> = Rc::default();
    let mut vm = Vm::new(&model, &process, 1);
    let key = "maintenance_mode.default.etcd.etcd.k.lease";
    process.set(key, b"other", UNCONDITIONAL);
    vm.tick();
    assert!(vm.store.is_connected());
}
