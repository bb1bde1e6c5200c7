using System.Text.Json.Nodes;
using Codegen.Models;
using Codegen.Trim;

namespace Nines.Wire.Tests.Generation;

public sealed class ModelTrimmerTests : IDisposable
{
    private readonly string _declarations = Path.GetTempFileName();

    public void Dispose() => File.Delete(_declarations);

    [Fact]
    public void Gives_nameless_shapes_their_names_and_enumerations_their_values()
    {
        var trimmed = Trim(
            """
            { "metadata": { "protocol": "ec2", "uid": "x" },
              "operations": { "RunThings": { "input": { "type": "structure", "required": ["Kind"], "members": { "Kind": {}, "Parts": { "shape": "S2", "locationName": "Part" } } }, "output": { "shape": "S1" } } },
              "shapes": { "S1": { "type": "structure", "members": { "State": { "locationName": "state" } } }, "S2": { "type": "list", "member": { "type": "structure", "locationName": "item", "members": { "Size": { "type": "integer" } } } } } }
            """,
            """
              runThings(params: X.Types.RunThingsRequest, callback?: (err: AWSError, data: X.Types.Thing) => void): Request<X.Types.Thing, AWSError>;
              export interface RunThingsRequest {
                Kind: ThingKind;
                Parts?: PartList;
              }
              export interface Thing {
                State?: ThingState;
              }
              export interface Part {
                Size?: Integer;
              }
              export type PartList = Part[];
              export type ThingKind = "big"|"small"|string;
              export type ThingState = string;
              export type Integer = number;
            """,
            "RunThings");

        trimmed["metadata"]!.ToJsonString().ShouldBe("""{"protocol":"ec2"}""");
        trimmed["operations"]!.ToJsonString().ShouldBe("""{"RunThings":{"input":"RunThingsRequest","output":"Thing"}}""");
        trimmed["shapes"]!.AsObject().Select(shape => shape.Key).ShouldBe(["Integer", "Part", "PartList", "RunThingsRequest", "Thing", "ThingKind", "ThingState"]);
        trimmed["shapes"]!["ThingKind"]!.ToJsonString().ShouldBe("""{"type":"string","enum":["big","small"]}""");
        trimmed["shapes"]!["PartList"]!.ToJsonString().ShouldBe("""{"type":"list","member":{"shape":"Part","locationName":"item"}}""");
        trimmed["shapes"]!["RunThingsRequest"]!.ToJsonString().ShouldBe("""{"type":"structure","required":["Kind"],"members":{"Kind":{"shape":"ThingKind"},"Parts":{"shape":"PartList","locationName":"Part"}}}""");
    }

    [Fact]
    public void Refuses_an_operation_that_aws_does_not_have() =>
        Should.Throw<InvalidOperationException>(() => Trim("""{ "metadata": {}, "operations": {}, "shapes": {} }""", "", "MakeCoffee")).Message.ShouldContain("MakeCoffee");

    [Theory]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"b":null,"d":3}}""", """{"a":{"c":2,"d":3}}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[3]}""", """{"a":[3]}""")]
    [InlineData("""{"a":1}""", """{"b":{"c":{"d":null}}}""", """{"a":1,"b":{"c":{}}}""")]
    public void A_patch_is_a_json_merge_patch(string model, string patch, string expected) =>
        MergePatch.Apply(JsonNode.Parse(model), JsonNode.Parse(patch)).ToJsonString().ShouldBe(expected);

    private JsonObject Trim(string model, string declarations, params string[] operations)
    {
        File.WriteAllText(_declarations, declarations);
        return new ModelTrimmer(JsonNode.Parse(model)!.AsObject(), TypeScriptTypes.Load(_declarations)).Trim(operations);
    }
}
