//! Processes started beside open folders. A process that is being started holds copies of our file locks until it is
//! another program, so none may start while a folder is closed here and opened again at once.

use std::process::{Child, Command};
use std::sync::RwLock;

static STARTING: RwLock<()> = RwLock::new(());

/// Starts a process.
pub fn start(command: &mut Command) -> Child {
    let _alone = STARTING.write().expect("nobody panics while starting");
    command.spawn().expect("a process")
}

/// Does what closes a folder and opens it again, while no process starts.
pub fn undisturbed<T>(f: impl FnOnce() -> T) -> T {
    let _nobody = STARTING.read().expect("nobody panics while starting");
    f()
}
