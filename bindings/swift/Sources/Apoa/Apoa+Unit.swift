extension Apoa {
    /// Time for a request about the unit that a person waits for.
    public static let unitBudget: Duration = .seconds(30)

    /// Today in the unit's zone, ISO, by the server's clock as far as it is known.
    public func today() async throws -> String {
        try await read { try $0.today() }
    }

    /// What the active unit says about itself; nothing while nobody is active.
    public func profile() async throws -> Profile {
        try await read { try $0.profile() }
    }

    /// Keeps what the active unit says about itself.
    public func setProfile(_ profile: Profile) async throws {
        try await write { try $0.setProfile(profile: profile) }
    }

    /// What the active unit has not said about itself yet. It never hinders saving.
    public func profileGaps() async throws -> [ProfileField] {
        try await read { try $0.profileGaps() }
    }

    /// Whether the active unit's profile was changed here since the server last saw it.
    public func profileWaits() async throws -> Bool {
        try await read { try $0.profileWaits() }
    }

    /// Brings the profile in line with the server's: what was changed here goes there, the rest comes from there.
    @discardableResult
    public func syncProfile(budget: Duration = unitBudget) async throws -> ProfileSync {
        try await ask { try $0.syncProfile(budgetMs: budget.milliseconds) }
    }

    /// The members of the active unit.
    public func staff(budget: Duration = unitBudget) async throws -> [StaffMember] {
        try await ask { try $0.staff(budgetMs: budget.milliseconds) }
    }

    /// The installations that the active unit saw; needs the right to manage.
    public func devices(budget: Duration = unitBudget) async throws -> [UnitDevice] {
        try await ask { try $0.devices(budgetMs: budget.milliseconds) }
    }

    /// Revokes an installation: it keeps what it holds and sends nothing more. `false` if the unit never saw it. Needs
    /// the right to manage.
    @discardableResult
    public func revoke(device: DeviceId, budget: Duration = unitBudget) async throws -> Bool {
        try await ask { try $0.revokeDevice(device: device, budgetMs: budget.milliseconds) }
    }
}
