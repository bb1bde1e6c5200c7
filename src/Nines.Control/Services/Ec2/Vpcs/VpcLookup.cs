using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Vpcs;

/// <summary>Finds the VPC that a request names.</summary>
internal static class VpcLookup
{
    /// <summary>The VPC.</summary>
    /// <exception cref="AwsException"><c>InvalidVpcId.Malformed</c>, <c>InvalidVpcID.NotFound</c>.</exception>
    public static Vpc Require(CloudTransaction transaction, string accountId, string? id) =>
        transaction.Find(Vpc.Table, accountId, ResourceId.Parse<VpcId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.Vpc, id!);

    /// <summary>
    /// The VPC, for a change of what is in it. Its record is written as it is, so that two who each add something must meet:
    /// else both would see a VPC without the other's subnet, or a VPC could be deleted while something is put into it.
    /// </summary>
    /// <exception cref="AwsException"><c>InvalidVpcId.Malformed</c>, <c>InvalidVpcID.NotFound</c>.</exception>
    public static Vpc RequireForChange(CloudTransaction transaction, string accountId, string? id)
    {
        var vpc = Require(transaction, accountId, id);
        transaction.Put(Vpc.Table, vpc);
        return vpc;
    }
}
