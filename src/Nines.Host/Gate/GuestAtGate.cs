namespace Nines.Host.Gate;

/// <summary>What a guest says of itself at the gate.</summary>
/// <param name="BootId">Its boot id, if it has made one.</param>
/// <param name="Rehearses">Whether it does once, when it is asked, what it will do when it knows who it is.</param>
internal sealed record GuestAtGate(string? BootId, bool Rehearses);
