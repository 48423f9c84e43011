//! The command line, `maintenancectl`: calls the admin endpoint, and asks the filter's own
//! code what it makes of a configuration and of a request.
//!
//! Results go to standard output, what is wrong to standard error. Nothing prints a token
//! but `bypass`, whose purpose it is. The floors, from the top: `main`, `commands`,
//! `cluster`, `endpoints`, `arguments`, `admission`, `doctor`, `setup`, `requests`, `documents`, `process`.

mod admission;
mod arguments;
mod cluster;
mod commands;
mod doctor;
mod documents;
mod endpoints;
pub mod main;
mod process;
mod requests;
mod setup;
