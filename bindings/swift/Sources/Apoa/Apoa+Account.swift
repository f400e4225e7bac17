extension Apoa {
    /// The active account; nothing before the first sign-in and while nobody is active.
    public func account() async throws -> Account? {
        try await read { try $0.account() }
    }

    /// Signs in. Needs the network, once; after it nothing hinders saving.
    @discardableResult
    public func signIn(_ credentials: Credentials) async throws -> Account {
        try await ask { try $0.signIn(credentials: credentials) }
    }

    /// Has a code mailed to whoever has this user name. The server says the same whether or not there is such a user.
    public func mailCode(to user: String) async throws {
        try await ask { try $0.mailCode(user: user) }
    }

    /// Ends the active account's sign-in, here and then at the server as far as that answers. No report is touched.
    @discardableResult
    public func signOut() async throws -> SignedOut {
        try await ask { try $0.signOut() }
    }

    /// Everybody who ever signed in on this device, who came first first.
    public func members() async throws -> [Member] {
        try await read { try $0.members() }
    }

    /// Makes a member who is known here the active one, signed in or not, without the network.
    @discardableResult
    public func use(account: AccountId) async throws -> Account {
        try await write { try $0.useAccount(account: account) }
    }

    /// Makes another unit of the active account the active one, without the network.
    @discardableResult
    public func use(unit: UnitId) async throws -> Account {
        try await write { try $0.useUnit(unit: unit) }
    }

    /// Whether the last unit worked for revoked this installation: nothing is sent, everything stays.
    public func isRevoked() async throws -> Bool {
        try await read { try $0.isRevoked() }
    }
}
