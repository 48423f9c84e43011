//! What clap wants of options that are read by hand.

/// A type has `augment`, which adds its options to a command, and `read`, which takes them of what
/// was typed.
macro_rules! args {
    ($options:ty) => {
        impl clap::Args for $options {
            fn augment_args(command: clap::Command) -> clap::Command {
                Self::augment(command)
            }

            fn augment_args_for_update(command: clap::Command) -> clap::Command {
                Self::augment(command)
            }
        }

        impl clap::FromArgMatches for $options {
            fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
                Self::read(matches)
            }

            fn update_from_arg_matches(
                &mut self,
                matches: &clap::ArgMatches,
            ) -> Result<(), clap::Error> {
                *self = Self::read(matches)?;
                Ok(())
            }
        }
    };
}

pub(super) use args;
