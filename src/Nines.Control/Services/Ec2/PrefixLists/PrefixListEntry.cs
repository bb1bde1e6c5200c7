namespace Nines.Control.Services.Ec2.PrefixLists;

/// <summary>A block of a prefix list.</summary>
/// <param name="CidrBlock">The block.</param>
/// <param name="Description">What its maker says of it.</param>
internal sealed record PrefixListEntry(string CidrBlock, string? Description);
