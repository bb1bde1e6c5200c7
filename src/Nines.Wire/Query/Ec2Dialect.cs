using Nines.Wire.Schemas;

namespace Nines.Wire.Query;

/// <summary>EC2: capitalised names, all lists flat, unknown parameters refused.</summary>
internal sealed class Ec2Dialect : QueryDialect
{
    public static Ec2Dialect Instance { get; } = new();

    public override bool RefusesUnknown => true;

    public override Member? Find(Schema schema, string name) => schema.ByEc2Name.GetValueOrDefault(name);

    public override string NameOf(Member member) => member.Ec2Name;

    public override string? ItemName(Member list) => null;
}
