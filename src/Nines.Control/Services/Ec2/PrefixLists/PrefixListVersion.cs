using System.Collections.Immutable;

namespace Nines.Control.Services.Ec2.PrefixLists;

/// <summary>What a prefix list was.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Entries">Its blocks then.</param>
internal sealed record PrefixListVersion(long Version, ImmutableArray<PrefixListEntry> Entries);
