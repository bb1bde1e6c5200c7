using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Subnets;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>An adapter of a launch with what it names.</summary>
/// <param name="Wanted">What the request says.</param>
/// <param name="Subnet">The subnet that it is in, or <see langword="null"/> for the primary one's.</param>
/// <param name="SecurityGroupIds">Its groups.</param>
internal sealed record LaunchAdapter(LaunchInterface Wanted, Subnet? Subnet, ImmutableArray<string> SecurityGroupIds);
