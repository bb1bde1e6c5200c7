namespace Nines.Control.Services.Ec2.Subnets;

/// <summary>A subnet with what an answer adds to its record.</summary>
/// <param name="Subnet">The record.</param>
/// <param name="AvailableAddresses">How many addresses can still be given out.</param>
/// <param name="Region">The region that was called.</param>
internal sealed record SubnetView(Subnet Subnet, int AvailableAddresses, string Region)
{
    /// <summary>The subnet's ARN.</summary>
    public string Arn => $"arn:aws:ec2:{Region}:{Subnet.AccountId}:subnet/{Subnet.Id}";
}
