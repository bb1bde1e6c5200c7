namespace Nines.Host.Files;

/// <summary>What an agent remembers of itself.</summary>
/// <param name="Starts">How often it was started: reports of every start have numbers of their own.</param>
internal sealed record AgentRecord(long Starts);
