//! Too little of everything: space, permissions, descriptors, other programs. What was saved stays, what cannot be
//! saved is refused with a code, and when there is enough again work goes on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use apoa_core::StoreError;
use apoa_tests::phone::{guest, open, server, signed_in};

#[test]
fn after_suspend_no_lock_is_held_and_after_resume_work_goes_on() {
    let (server, folder) = (server(&[]), tempfile::tempdir().unwrap());
    let client = signed_in(folder.path(), &server);
    client.finalise(guest(&client, "X00000001"), None, None).unwrap();
    assert_eq!(open(folder.path()).err(), Some(StoreError::Busy));
    client.suspend().unwrap();
    client.suspend().unwrap();
    assert_eq!(client.counts().err(), Some(StoreError::Closed));
    let other = open(folder.path()).unwrap();
    other.finalise(guest(&other, "X00000002"), None, None).unwrap();
    assert_eq!(client.resume().err(), Some(StoreError::Busy));
    drop(other);
    client.resume().unwrap();
    client.resume().unwrap();
    assert_eq!(client.counts().unwrap().queued, 2);
    client.finalise(guest(&client, "X00000003"), None, None).unwrap();
}
