//! A bad update comes while traffic flows.
