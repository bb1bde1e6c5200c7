using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Accounts;

/// <summary>What a client may ask about its account.</summary>
internal sealed class AccountOperations(Cloud cloud) : IOperations
{
    private static readonly Dictionary<string, Func<Cloud, string, string>> Attributes = new(StringComparer.Ordinal)
    {
        ["supported-platforms"] = (_, _) => "VPC",
        ["vpc-max-security-groups-per-interface"] = (_, _) => "5",
        ["max-elastic-ips"] = (_, _) => "5",
        ["max-instances"] = (_, _) => "20",
        ["vpc-max-elastic-ips"] = (_, _) => "5",
        ["default-vpc"] = (cloud, accountId) => Vpcs.Vpc.FindDefault(cloud, accountId)?.Id ?? "none",
    };

    /// <inheritdoc/>
    public void Map(OperationTable table) => table.On(Ec2Api.DescribeAccountAttributes, DescribeAccountAttributesAsync);

    private ValueTask<DescribeAccountAttributesResult> DescribeAccountAttributesAsync(DescribeAccountAttributesRequest input, Call call, CancellationToken cancellationToken)
    {
        var names = input.AttributeNames is null or [] ? Attributes.Keys : input.AttributeNames.Distinct();
        return new(new DescribeAccountAttributesResult { AccountAttributes = [.. names.Select(name => Describe(name, call.AccountId))] });
    }

    private AccountAttribute Describe(string name, string accountId) => new()
    {
        AttributeName = name,
        AttributeValues =
        [
            new AccountAttributeValue
            {
                AttributeValue = Attributes.TryGetValue(name, out var value)
                    ? value(cloud, accountId)
                    : throw Ec2Errors.InvalidValue("attributeName", name, "Unknown attribute."),
            },
        ],
    };
}
