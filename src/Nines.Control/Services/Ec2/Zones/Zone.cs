namespace Nines.Control.Services.Ec2.Zones;

/// <summary>An availability zone: machines that fail together.</summary>
/// <param name="Name">Its name, <c>us-east-1a</c>.</param>
/// <param name="Id">Its id, <c>use1-az1</c>, the same for every account.</param>
/// <param name="GroupName">Its group, <c>us-east-1-zg-1</c>.</param>
internal sealed record Zone(string Name, string Id, string GroupName);
