//! Users and passwords.

use super::*;

fn worker(model: &Rc<Model>, process: &Rc<Process>, number: u64) -> Worker {
    worker_of("u", model, process, number)
}

fn worker_of(username: &str, model: &Rc<Model>, process: &Rc<Process>, number: u64) -> Worker {
    let login = Login {
        username: username.into(),
        password: "p".into(),
    };
    Worker::with(model, process, number, Some(login))
}

#[test]
fn one_login_is_enough_for_all_workers() {
    let model = Model::new();
    model.token.replace(Some("t1".into()));
    let process = Rc::default();
    let mut one = worker(&model, &process, 1);
    one.tick();
    assert!(one.store.is_connected());
    worker(&model, &process, 2).change(set(ON)).unwrap();
    assert_eq!(model.logins.get(), 1);
}

#[test]
fn a_token_that_does_not_hold_any_more_is_renewed() {
    let model = Model::new();
    model.token.replace(Some("t1".into()));
    let worker = worker(&model, &Rc::default(), 1);
    worker.change(set(ON)).unwrap();
    model.token.replace(Some("t2".into()));
    worker.change(set(OFF)).unwrap();
    assert_eq!(model.logins.get(), 2);
}

#[test]
fn a_login_that_fails_is_not_tried_for_ever() {
    let model = Model::new();
    model.token.replace(Some("t1".into()));
    let worker = worker(&model, &Rc::default(), 1);
    let mut change = worker.begin(set(ON));
    assert_eq!(step(&model, &mut *change), None);
    model.token.replace(Some("t2".into()));
    assert!(matches!(
        finish(&model, &mut *change),
        Err(ChangeError::Unreachable(failure)) if failure.starts_with("gRPC status 16")
    ));
}

#[test]
fn each_user_logs_in() {
    let model = Model::new();
    model.token.replace(Some("t1".into()));
    let process = Rc::default();
    for username in ["u", "v", "u"] {
        worker_of(username, &model, &process, 1)
            .change(set(ON))
            .unwrap();
    }
    assert_eq!(model.logins.get(), 2);
}

#[test]
fn nobody_needs_to_log_in_where_authentication_is_not_enabled() {
    let model = Model::new();
    let worker = worker(&model, &Rc::default(), 1);
    worker.change(set(ON)).unwrap();
    model.token.replace(Some("t".into()));
    worker.change(set(OFF)).unwrap();
    model.token.replace(None);
    worker.change(set(ON)).unwrap();
    assert_eq!(worker.flag(), Some(true));
}
