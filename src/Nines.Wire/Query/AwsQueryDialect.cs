using Nines.Wire.Schemas;

namespace Nines.Wire.Query;

/// <summary>The query protocol of IAM, STS, Auto Scaling and others: lists have a <c>member</c> step unless they are flattened.</summary>
internal sealed class AwsQueryDialect : QueryDialect
{
    public static AwsQueryDialect Instance { get; } = new();

    public override bool RefusesUnknown => false;

    public override Member? Find(Schema schema, string name) => schema.ByXmlName.GetValueOrDefault(name);

    // A flattened list whose items have a name is called by that name.
    public override string NameOf(Member member) => member is { Flattened: true, Item.LocationName: { } item } ? item : member.WireName;

    public override string? ItemName(Member list) => list.Flattened ? null : list.Type == ShapeType.Map ? "entry" : list.Item!.LocationName ?? "member";
}
