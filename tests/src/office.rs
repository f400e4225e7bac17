//! The server's side of a test: more units and members than a new server has, and what it holds. The server knows no
//! management of users, so that they are written into its file.

use apoa_core::ids::UnitId;
use apoa_server::Running;

use crate::files::look;
use crate::phone::USER;

/// Another lodging, of which the first member is a member too from now on.
pub fn add_unit(server: &Running, number: u8) -> UnitId {
    let unit = UnitId::from_bytes([number; 16]);
    let office = look(server.db());
    let made = office
        .execute(
            "INSERT INTO unit(id, name, kind, profile) SELECT ?1, name || ' ' || ?2, kind, profile FROM unit LIMIT 1",
            (unit.to_string(), number),
        )
        .expect("a unit");
    let joined = office
        .execute(
            "INSERT INTO member SELECT id, ?1, (SELECT rights FROM member LIMIT 1) FROM account WHERE name = ?2",
            (unit.to_string(), USER),
        )
        .expect("a member");
    assert_eq!((made, joined), (1, 1));
    unit
}

/// Another member of every unit, with the password of the first.
pub fn add_member(server: &Running, name: &str) {
    let office = look(server.db());
    let id = UnitId::from_bytes([0xaa; 16]).to_string();
    office
        .execute("INSERT INTO account SELECT ?1, ?2, password FROM account LIMIT 1", (&id, name))
        .expect("a member");
    office.execute("INSERT INTO member SELECT ?1, unit, rights FROM member", [&id]).expect("its units");
}
